"""What Messenger and Instagram share of the Messenger Platform: envelope, events, message bodies, calls."""
