"""Opening and closing meetings of an audit: when, where and with whom they were held (I-07, I-24)."""
