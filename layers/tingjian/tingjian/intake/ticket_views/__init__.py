"""What readers see of a ticket: itself with its messages, hand-offs, customer and history."""
