"""Who acts: people, their organisations, and what they may do there."""
