"""The outside contract, held against a running `hawker up --demo`: no test here knows anything of the inside."""
