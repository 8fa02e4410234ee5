"""What a person brings beside a log -> findings: words, configurations, scripts, weights, data."""
