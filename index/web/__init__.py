"""What strangers serve → bytes and entries: fetched politely and safely, never past a bound."""
