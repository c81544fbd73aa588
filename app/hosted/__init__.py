"""Channels whose platform is this server: sessions, sockets, files and history of the people on a shop's own pages."""
