"""The demo shop of `hawker up --demo`: people, teams, tags and the sandbox's numbers, made through the product's own doors."""
