"""Live events to browsers: a tail of the event table, fanned out to the sockets that may see each event."""
