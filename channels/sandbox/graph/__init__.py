"""What the emulated platforms of the Graph API share: its front door, its errors, its webhooks."""
