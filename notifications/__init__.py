"""Messages about events: recipients chosen, mail queued, delivery kept."""
