"""A rating on trial: an audit that was rated, under the rules of another scheme version; nothing is written."""
