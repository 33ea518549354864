"""Messages of tickets: requests, replies, notes."""
