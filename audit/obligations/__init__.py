"""What must hold before a finding goes on: facts and guards, as pure rules."""
