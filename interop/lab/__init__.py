"""What the cases of interop/ have in common: processes, peers, Millrace, and what OTLP/JSON says."""
