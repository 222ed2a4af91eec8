"""Values as pictures of few colours."""
