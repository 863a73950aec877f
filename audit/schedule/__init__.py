"""When and where an audit takes place: dates, sites, agenda, until the plan is issued (S-21, I-04)."""
