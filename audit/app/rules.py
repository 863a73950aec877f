"""The words of the app, by the names its scripts use. Pure."""

from collections.abc import Mapping

from audit.assessment.rules import CONFORMITY_NAMES
from audit.findings.rules import GRADE_BADGES
from audit.meetings.rules import MEETING_NAMES, PARTY_NAMES
from audit.offline.rules import CAPTURE_NAMES
from checklists.standards.rules import METHOD_NAMES
from core.words import N_, NT_, Text

LISTS: Mapping[str, Mapping[str, str]] = {
    "conformity": {
        **{one.value: name for one, name in CONFORMITY_NAMES.items()},
        "out": N_("Not applicable"),
    },
    "methods": {one.value: name for one, name in METHOD_NAMES.items()},
    "grades": {one.value: badge.word for one, badge in GRADE_BADGES.items()},
    "parties": {one.value: name for one, name in PARTY_NAMES.items()},
    "meetings": {one.value: name for one, name in MEETING_NAMES.items()},
    "captures": {one.value: name for one, name in CAPTURE_NAMES.items()},
}

TEXTS: Mapping[str, str | Text] = {
    # the bar and the queue
    "fieldwork": N_("Fieldwork"),
    "on_device": N_("On this device"),
    "locked_short": N_("Locked"),
    "waiting": N_("Waiting"),
    "waiting_n": N_("%(n)s waiting"),
    "stuck_n": NT_("%(n)s needs your choice", "%(n)s need your choice", 0),
    "on_server": N_("On the server"),
    "on_server_since": N_("On the server since %(time)s"),
    "network": N_("Connected"),
    "no_network": N_("No network"),
    "no_network_now": N_("There is no network now. Nothing is lost; try again later."),
    "sign_in_to_send": N_("Sign in to send"),
    "not_taken_now": N_("The server could not take it just now"),
    "last_sync": N_("Last on the server: %(time)s"),
    "never_synced": N_("Not yet on the server"),
    "queue": N_("What is not on the server yet"),
    "queue_more": N_("It stands on this device, encrypted, until the server has it."),
    "send_now": N_("Send now"),
    "save_as_file": N_("Save as a text file"),
    "all_on_server": N_("Everything is on the server"),
    "not_whole": N_("Not whole yet"),
    # this device
    "on_this_device": N_("Audits on this device"),
    "nothing_here": N_("No audit is on this device"),
    "nothing_here_more": N_(
        "Open an audit whose plan is accepted and take it along. Then it can be worked on without a network."
    ),
    "to_audits": N_("To the audits"),
    "was_wiped": N_(
        "This device was wiped: the server asked for it, or you no longer have access."
    ),
    "locked": N_("What is on this device is encrypted. Your passphrase opens it."),
    "locked_waiting": NT_(
        "%(n)s entry is not on the server yet.", "%(n)s entries are not on the server yet.", 0
    ),
    "passphrase": N_("Passphrase"),
    "passphrase_again": N_("The passphrase once more"),
    "passphrase_help": N_(
        "It encrypts what is on this device. It is never sent and cannot be recovered: several words are best."
    ),
    "passphrase_weak": N_("This is too easy to guess. Take several words."),
    "passphrases_differ": N_("The two are not the same."),
    "strength": N_("How hard to guess: %(word)s"),
    "strength_0": N_("too short"),
    "strength_1": N_("weak"),
    "strength_2": N_("fair"),
    "strength_3": N_("strong"),
    "unlock": N_("Unlock"),
    "wrong_passphrase": N_("This passphrase does not open this device."),
    "forgot": N_("Passphrase forgotten?"),
    "forgot_more": N_(
        "Nobody can open this device without it. Delete what is here, and take the audits along anew; what is not"
        " on the server is lost then."
    ),
    "delete_and_begin": N_("Delete and begin anew"),
    "take_along": N_("Take along"),
    "take_more": N_(
        "Criteria, answers, earlier findings and the agenda go onto this device, encrypted, to work without a network."
    ),
    "fetching": N_("Fetching the audit…"),
    "sign_in": N_("Sign in"),
    "sign_in_first": N_("Sign in first; the passphrase is kept."),
    "sign_out": N_("Sign out"),
    "leave_clean": N_("Everything from this device is on the server."),
    "leave_waiting": NT_(
        "%(n)s entry is only on this device", "%(n)s entries are only on this device", 0
    ),
    "leave_waiting_more": N_(
        "Signing out deletes them for good. Send them first, or save them as a file."
    ),
    "leave_deletes": N_("Signing out deletes every audit from this device."),
    "leave_delete": N_("Delete from this device and sign out"),
    "leave_delete_n": NT_(
        "Give up %(n)s entry and sign out", "Give up %(n)s entries and sign out", 0
    ),
    "look_first": N_("Look at them first"),
    # one audit
    "answered_of": N_("%(done)s of %(all)s answered"),
    "criteria": N_("Criteria"),
    "criteria_n": NT_("%(n)s criterion", "%(n)s criteria", 0),
    "find_criterion": N_("Find a criterion"),
    "code_or_words": N_("Code or words"),
    "show_all": N_("All"),
    "show_unanswered": N_("Unanswered"),
    "show_critical": N_("Critical"),
    "show_not": N_("Not conforming"),
    "show_waiting": N_("Waiting"),
    "no_answer": N_("No answer yet"),
    "critical": N_("Critical"),
    "findings": N_("Findings"),
    "finding": N_("Finding"),
    "finding_n": N_("Finding %(number)s"),
    "new_finding": N_("Write a finding"),
    "untitled": N_("Without a title"),
    "on_device_only": N_("only on this device"),
    "finding_is_draft": N_("It is a draft until it is raised at the desk."),
    "agenda": N_("Agenda"),
    "team_is": N_("Team: %(names)s"),
    "comma": N_(", "),
    "meetings": N_("Meetings"),
    "recorded": N_("recorded"),
    "not_recorded": N_("not recorded"),
    "begun_here": N_("begun on this device"),
    "recorded_at_desk": N_("This meeting is recorded on the server. It is corrected there."),
    "not_begun": N_(
        "The fieldwork has not begun. Answers wait on this device until the leader begins it."
    ),
    "fetch_anew": N_("Fetch anew"),
    "fetched": N_("Fetched at %(time)s"),
    "not_fetched": N_("The server does not give this audit out now"),
    "not_here": N_("This is not on this device."),
    "back_to_outline": N_("Outline"),
    # one criterion
    "outline": N_("Outline"),
    "previous": N_("Previous"),
    "next": N_("Next"),
    "next_unanswered": N_("Next unanswered"),
    "how_to_judge": N_("How to judge it"),
    "evidence_to_expect": N_("Evidence to expect"),
    "audit_before": N_("The audit before"),
    "answer": N_("Answer"),
    "judgement": N_("Judgement"),
    "rating": N_("Rating"),
    "what_was_seen": N_("What was seen"),
    "why_not_applicable": N_("Why it does not apply"),
    "methods": N_("Methods"),
    "talked_to": N_("Talked to"),
    "function": N_("Function"),
    "name_if_agreed": N_("Name"),
    "agreed_to_be_named": N_("Agreed to be named"),
    "evidence_verified": N_("The evidence could be verified"),
    "evidence_verified_help": N_("Without it the rating counts 0."),
    "needs_function": N_("Give the function of each person you talked to."),
    "needs_consent": N_("A name is kept only where the person agreed to be named."),
    "needs_reason": N_("Say why the criterion does not apply."),
    "needs_judgement": N_("An answer needs both the judgement and the rating."),
    "needs_rating": N_("An answer needs both the judgement and the rating."),
    "needs_fitting_rating": N_("This judgement goes with a rating of %(low)s to %(high)s."),
    # saving
    "typing": N_("Not saved yet…"),
    "saved_waiting": N_("Saved on this device at %(time)s, waiting for the server"),
    "saved_not_whole": N_(
        "Saved on this device at %(time)s; it goes to the server once it is whole"
    ),
    "not_saved": N_("This could not be saved on this device. Copy your words before you go on."),
    "needs_choice": N_("The server has another text: choose below or above"),
    "optional": N_("(optional)"),
    "remove": N_("Remove"),
    "clear": N_("Clear"),
    "add_person": N_("Add a person"),
    "person_n": N_("Person %(number)s"),
    # photos
    "photos": N_("Photos"),
    "take_photo": N_("Take or choose a photo"),
    "what_it_shows": N_("What it shows"),
    "saving_photo": N_("Saving the photo…"),
    "photo_saved": N_("The photo is saved on this device"),
    "photo_too_large": N_("This photo is too large. Take it in a smaller size."),
    "photo_of_opening": N_("Photo of the opening meeting"),
    "photo_of_closing": N_("Photo of the closing meeting"),
    "not_taken_because": N_("Not taken: %(reason)s"),
    # findings and meetings
    "grade": N_("Grade"),
    "criterion": N_("Criterion"),
    "title": N_("Title"),
    "title_help": N_("What is wrong, or good, in one line."),
    "what_was_found": N_("What was found"),
    "evidence": N_("Evidence"),
    "needs_title": N_("A finding goes to the server once it has a title."),
    "held_at": N_("Held at"),
    "place": N_("Place"),
    "position": N_("Position"),
    "position_is": N_("Position %(place)s, within %(metres)s m"),
    "no_position": N_("No position was given"),
    "take_position": N_("Take the position"),
    "leave_out": N_("Leave it out"),
    "looking_for_position": N_("Looking for the position…"),
    "position_refused": N_("This device gave no position. The meeting can be recorded without it."),
    "who_attended": N_("Who attended"),
    "full_name": N_("Full name"),
    "for": N_("For"),
    "signature": N_("Drawn signature"),
    "sign_here": N_("Signature of %(name)s, drawn here"),
    "deviation": N_("Deviation from the plan"),
    "deviation_help": N_("Where place or time differ from the plan: how, and why."),
    "notes": N_("Notes"),
    "record_meeting": N_("Record the meeting"),
    "on_the_agenda": N_("On the agenda: %(when)s."),
    "not_as_planned": N_("Not as planned"),
    "days_before": NT_(
        "%(n)s day before the planned days", "%(n)s days before the planned days", 0
    ),
    "days_after": NT_("%(n)s day after the planned days", "%(n)s days after the planned days", 0),
    "minutes_early": NT_(
        "%(n)s minute earlier than on the agenda", "%(n)s minutes earlier than on the agenda", 0
    ),
    "minutes_late": NT_(
        "%(n)s minute later than on the agenda", "%(n)s minutes later than on the agenda", 0
    ),
    "hours_early": N_("%(hours)s h %(rest)s min earlier than on the agenda"),
    "hours_late": N_("%(hours)s h %(rest)s min later than on the agenda"),
    "metres_away": N_("%(metres)s m from %(site)s, the nearest planned site"),
    "needs_place": N_("Say when and where the meeting was held."),
    "needs_both_sides": N_("Name at least one person of the body and one of the client."),
    "needs_recording": N_("Press “Record the meeting” once everything stands here."),
    "needs_explanation": N_("Explain the deviation from the plan."),
    # what came back
    "two_texts": N_("Two texts"),
    "two_texts_more": N_(
        "Somebody else wrote here meanwhile. Nothing is lost: choose whose words stay. The other text is kept in the"
        " history."
    ),
    "yours": N_("Yours"),
    "by_name": N_("By %(name)s"),
    "keep_mine": N_("Keep mine"),
    "keep_theirs": N_("Keep theirs"),
    "keep_both": N_("Keep both, in one text"),
    "keep_this_text": N_("Keep this text"),
    "not_taken": N_("The server did not take this"),
    "copy": N_("Copy"),
    "copied": N_("Copied"),
    "let_go": N_("Not needed any more"),
}
