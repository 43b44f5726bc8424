"""What devices say, in their own languages: bytes in, neutral messages out; pure."""
