"""What is known of documents: whose placeholders, in which state, with which blobs."""
