"""Notifications: telling members of staff, customers and other systems, and making sure that it arrives."""
