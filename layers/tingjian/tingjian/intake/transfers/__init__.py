"""How a ticket passes from one to another: up the line, to another team, back into the queue."""
