"""Files of messages: fetching, storing, serving."""
