"""The Messenger Platform as it is emulated for Messenger and for Instagram, which differ by a `Flavour`."""
