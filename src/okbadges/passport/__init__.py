"""What belongs to the participant: opening what was given to them, and links that they can take back."""
