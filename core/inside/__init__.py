"""What is inside a network: what its layers make of pictures, and what they look for."""
