"""The laboratory: hosts every channel's sandbox, their customers, faults and the phone page."""
