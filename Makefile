# Everything is in run.sh; these are its names for those whose fingers type make.
.PHONY: run test check translate lock

run:
	./run.sh

test check translate lock:
	./run.sh $@
