"""Pages, style and scripts that people see."""
