# One make, no recursion: every room below follows the same rules.
#   make              programs in build/bin
#   make quickstart   sets the machine up, then real text in, a released model out
#   make test         sets the machine up, then the tests
#   make help         everything else
# Local settings go in config.mak (not committed).
-include config.mak

LIBS   := base store text nn ledger flow
STAGES := ingest clean tokenize train evaluate registry
ROOMS  := pipelines $(STAGES)

comma  := ,
BUILD  ?= build$(if $(SAN),-$(subst $(comma),-,$(SAN)))$(if $(filter clang,$(CC)),-clang)
CC     := $(if $(filter default,$(origin CC)),gcc,$(CC))
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
WARN   := -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes \
          -Wwrite-strings -Wvla -Werror
PACKAGES := libpq rdkafka yaml-0.1 icu-i18n icu-uc openblas libxml-2.0 libzstd zlib liblzma liblz4 jansson libcrypto \
            uchardet libpcre2-8 libxxhash

# The packages' flags are asked for once per build folder, not at every call of make.
ifneq ($(filter-out quickstart test lint format help clean-build apache-kafka librdkafka cluster,$(or $(MAKECMDGOALS),all)),)
-include $(BUILD)/packages.mk
endif
CPPFLAGS += -I. -I$(BUILD)/gen -D_GNU_SOURCE -MMD -MP
ALL_CFLAGS = $(WARN) $(CFLAGS) $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer) \
             -pthread $(PACKAGE_CFLAGS)
LDFLAGS += -Wl,--as-needed
LDLIBS += $(PACKAGE_LIBS) -lcld2 -lstdc++ -lm -ldl -pthread

objects = $(patsubst %.cc,$(BUILD)/%.o,$(patsubst %.c,$(BUILD)/%.o,$(1)))
room    = $(call objects,$(filter-out $(1)/main.c,$(wildcard $(1)/*.c $(1)/*/*.c $(1)/*.cc)))

LIB_OBJECTS := $(call objects,$(wildcard $(LIBS:%=lib/%/*.c) $(LIBS:%=lib/%/*/*.c))) $(BUILD)/gen/statements.o
PROGRAMS := $(BUILD)/bin/tidemill $(STAGES:%=$(BUILD)/bin/tidemill-%)
TESTS    := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/*/*_test.c tests/unit/*/*/*_test.c))

all: $(PROGRAMS)

$(BUILD)/packages.mk: Makefile
	@mkdir -p $(@D)
	@pkg-config --exists --print-errors $(PACKAGES)
	@printf 'PACKAGE_CFLAGS := %s\nPACKAGE_LIBS := %s\n' \
	    "$$(pkg-config --cflags $(PACKAGES) | sed 's/-I/-isystem /g')" "$$(pkg-config --libs $(PACKAGES))" > $@

$(BUILD)/lib.a: $(LIB_OBJECTS)
	rm -f $@ && $(AR) rcs $@ $^

# A room's code is an archive, so that tests can link it without main.
define archive
$(BUILD)/$(1).a: $(call room,$(1))
	rm -f $$@ && $$(AR) rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call archive,$(r))))

$(BUILD)/bin/tidemill-%: $(BUILD)/%/main.o $(BUILD)/%.a $(BUILD)/lib.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

# The runner knows every stage's options (<room>/options.o); the rest of the stages' archives stays out.
$(BUILD)/bin/tidemill: $(BUILD)/pipelines/main.o $(BUILD)/pipelines.a $(STAGES:%=$(BUILD)/%.a) $(BUILD)/lib.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -rdynamic $^ $(LDLIBS) -o $@

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(ROOMS:%=$(BUILD)/%.a) $(BUILD)/lib.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

# The operators' loops are to be vectorised; multiply and add may fuse, nothing else of -ffast-math is wanted.
$(BUILD)/lib/nn/cpu/%.o: ALL_CFLAGS += -O3 -ffp-contract=fast -fno-math-errno

$(BUILD)/%.o: %.c | $(BUILD)/packages.mk $(BUILD)/gen/statements.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c $< -o $@

# The one file that is C++, because the library behind it is; of C++'s run time it needs the handler of refused memory.
$(BUILD)/%.o: %.cc | $(BUILD)/packages.mk
	@mkdir -p $(@D)
	$(CXX) -I. -MMD -MP -std=c++11 -Wall -Wextra -Wshadow -Wconversion -Werror -fno-exceptions -fno-rtti $(CFLAGS) \
	    $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer) -c $< -o $@

$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c $< -o $@

# sql/statement/*.sql become named statements, sql/schema and sql/view are embedded for `tidemill init`.
$(BUILD)/gen/statements.c $(BUILD)/gen/statements.h &: sql/embed.sh $(wildcard sql/*/*.sql)
	@mkdir -p $(@D)
	sh sql/embed.sh $(BUILD)/gen

# Every object, linked or not.
compile: $(LIB_OBJECTS) $(foreach r,$(ROOMS),$(call room,$(r)) $(call objects,$(wildcard $(r)/main.c))) $(TESTS:%=%.o)

TEST_FILES = $(TESTS) $(filter-out tests/e2e/lib.sh,$(sort $(wildcard tests/e2e/*.sh)))

# Sets the machine up, then the main job on real text: from ingest to a released model.
quickstart:
	@BUILD=$(BUILD) .ci/setup build run
	@$(MAKE) -s -j$$(nproc) all
	@$(BUILD)/bin/tidemill run pipelines/quickstart.yaml

test:
	@BUILD=$(BUILD) .ci/setup build run test
	@$(MAKE) -s -j$$(nproc) all tests
	@BUILD=$(BUILD) tests/run -j 2 $(TEST_FILES)

tests: $(TESTS)

# Faults by processes, each a scenario with a seed: make fault FORM=nightly POINTS=1000 SEED=7; writes docs/dependability.md.
fault: $(PROGRAMS) $(BUILD)/tests/fault/topics
	@BUILD=$(BUILD) .ci/setup run test fault
	@BUILD=$(BUILD) tests/fault/run -w

# Runs under random faults for so long: make soak SECONDS_LONG=1800
soak: $(PROGRAMS)
	@BUILD=$(BUILD) .ci/setup run test fault
	@BUILD=$(BUILD) tests/fault/soak

# Every call of lib/ that can fail fails once, each in a run of its own; make calls WRITE=-w writes docs/dependability.md.
calls: $(PROGRAMS) $(BUILD)/tests/call/driver $(BUILD)/tests/call/interpose.so
	@BUILD=$(BUILD) .ci/setup run test
	@BUILD=$(BUILD) tests/call/run $(WRITE)

# The same layers undisturbed: make SAN=address,undefined leaks
leaks: $(PROGRAMS) $(BUILD)/tests/call/driver
	@BUILD=$(BUILD) .ci/setup run test
	@BUILD=$(BUILD) tests/call/run -l

$(BUILD)/tests/call/driver: $(call objects,$(wildcard tests/call/driver.c tests/call/layer*.c)) $(BUILD)/train.a \
                             $(BUILD)/lib.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

$(BUILD)/tests/call/interpose.so: $(wildcard tests/call/interpose*.c) tests/call/interpose.h $(BUILD)/packages.mk
	@mkdir -p $(@D)
	$(CC) -I. -D_GNU_SOURCE $(WARN) $(CFLAGS) -pthread $(PACKAGE_CFLAGS) -fPIC -shared $(filter %.c,$^) -ldl -o $@

$(BUILD)/tests/fault/topics: $(BUILD)/tests/fault/topics.o
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

unit: $(PROGRAMS) $(TESTS)
	@BUILD=$(BUILD) tests/run -j 2 $(TESTS)

lint: $(BUILD)/packages.mk $(BUILD)/gen/statements.h
	@BUILD=$(BUILD) tests/lint

format:
	clang-format -i $$(git ls-files '*.c' '*.h' '*.cc')

# A real Apache Kafka from its published jars, for `kafka: apache`.
apache-kafka: $(BUILD)/apache-kafka/libs

$(BUILD)/apache-kafka/libs: lib/flow/apache/pom.xml
	@BUILD=$(BUILD) .ci/setup kafka
	@mkdir -p $(@D)
	mvn -B -q -C -f $< dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=$(abspath $@)

# A newer librdkafka than the distribution's, for logins that this one cannot do: run with LD_LIBRARY_PATH=build/librdkafka.
librdkafka: $(BUILD)/librdkafka/librdkafka.so.1

$(BUILD)/librdkafka/librdkafka.so.1: lib/flow/librdkafka/requirements.txt
	@BUILD=$(BUILD) .ci/setup librdkafka
	@rm -rf $(@D) && mkdir -p $(@D)
	python3 -m pip download -q --no-deps --only-binary :all: --implementation cp --python-version 3.11 --abi cp311 \
	    --platform manylinux_2_28_$$(uname -m) --require-hashes -r $< -d $(@D)/package
	python3 -m zipfile -e $(@D)/package/*.whl $(@D)/package
	mv $(@D)/package/confluent_kafka.libs/librdkafka-*.so.1 $@ && rm -rf $(@D)/package && touch $@

# Three brokers, TLS, logins and rights, four hosts: what needs a real Kafka, and for hosts root.
cluster:
	@BUILD=$(BUILD) .ci/setup build run test kafka cluster
	@$(MAKE) -s -j$$(nproc) all apache-kafka librdkafka
	@BUILD=$(BUILD) tests/run $(sort $(wildcard tests/cluster/[0-9]*.sh))

# Ours and the peers on the same work: make bench BENCH=tokenize
bench: all
	@BUILD=$(BUILD) tests/bench/$(BENCH)

# tidemill on the PATH, the stages in libexec, definitions to start from.
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/tidemill $(DESTDIR)$(PREFIX)/share/tidemill/pipelines
	install -m 755 $(BUILD)/bin/tidemill $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(STAGES:%=$(BUILD)/bin/tidemill-%) $(DESTDIR)$(PREFIX)/libexec/tidemill
	install -m 644 $(wildcard pipelines/*.yaml) $(DESTDIR)$(PREFIX)/share/tidemill/pipelines

help:
	@echo 'make                build/bin/tidemill and its stages'
	@echo 'make quickstart     set up, then real text in, a released model out (under 5 minutes)'
	@echo 'make test           set up, then all tests'
	@echo 'make unit           unit tests only'
	@echo 'make cluster        scenarios on three brokers, with TLS, logins and rights, on four hosts (network namespaces)'
	@echo 'make calls, leaks   every call of lib/ that can fail is made to fail, one by one; what is left held'
	@echo 'make fault, soak    what happens under faults; SEED, POINTS, FORM, SECONDS_LONG'
	@echo 'make lint, format   the rules of the house'
	@echo 'make bench BENCH=x  ours beside the peers: tokenize, ...'
	@echo 'make apache-kafka   a real Kafka in the build folder, for kafka: apache'
	@echo 'make librdkafka     a newer librdkafka in the build folder, for SCRAM and OpenID Connect on an old distribution'
	@echo 'make install        to PREFIX (/usr/local), below DESTDIR'
	@echo 'make clean-build    remove all build folders'
	@echo 'SAN=address,undefined and CC=clang build aside, each in a folder of its own.'

clean-build:
	rm -rf build build-*

.PHONY: all compile quickstart test tests calls leaks fault soak unit lint format apache-kafka librdkafka cluster bench install help clean-build
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
