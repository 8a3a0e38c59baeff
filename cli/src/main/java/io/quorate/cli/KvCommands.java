// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.node.QuorateClient;
import io.quorate.samples.kv.KvClient;
import io.quorate.samples.kv.KvResult.Change;
import io.quorate.samples.kv.KvResult.Changes;
import io.quorate.samples.kv.KvResult.Item;
import io.quorate.samples.kv.KvResult.Page;
import io.quorate.samples.kv.KvResult.Swap;
import io.quorate.samples.kv.KvResult.Written;
import io.quorate.samples.kv.KvStateMachine;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quorate kv}: the clients of the key-value service. */
@Command(
    name = "kv",
    mixinStandardHelpOptions = true,
    description = "Reads and writes the key-value service of a running group.",
    subcommands = {
      KvCommands.Get.class,
      KvCommands.Put.class,
      KvCommands.Delete.class,
      KvCommands.CompareAndSet.class,
      KvCommands.Increment.class,
      KvCommands.Scan.class,
      KvCommands.Watch.class,
      LoadCommand.class
    })
final class KvCommands implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** What the commands share: the way to the group and the form of the answer. */
  static final class Shared {
    @Mixin private GroupOptions group;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    QuorateClient connect() {
      return group.connect();
    }

    void print(String text, ObjectNode object) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(json ? object.toString() : text);
      out.flush();
    }

    boolean json() {
      return json;
    }

    void complain(String sentence) {
      if (!json) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("quorate: " + sentence);
        err.flush();
      }
    }
  }

  /** Something to do with a client of the store, within a session. */
  private interface Use {
    int with(KvClient store);
  }

  private static int inSession(Shared shared, Use use) {
    try (QuorateClient client = shared.connect();
        KvClient store = KvClient.open(client.log()).join()) {
      return use.with(store);
    }
  }

  private static ObjectNode json(Item item) {
    return Json.object()
        .put("key", item.key())
        .put("value", item.value())
        .put("revision", item.revision());
  }

  /** {@code quorate kv get}. */
  @Command(
      name = "get",
      mixinStandardHelpOptions = true,
      description = "Prints the value of a key; ends with 1 if there is none.")
  static final class Get implements Callable<Integer> {
    @Mixin private Shared shared;
    @Mixin private ReadOptions reads;

    @Parameters(paramLabel = "<key>")
    private String key;

    @Override
    public Integer call() {
      try (QuorateClient client = shared.connect()) {
        Optional<Item> item = KvClient.reading(client.log()).get(key, reads.consistency()).join();
        if (item.isEmpty()) {
          shared.complain("there is no key " + key);
          if (shared.json()) {
            shared.print("", Json.object().put("key", key).putNull("value"));
          }
          return 1;
        }
        shared.print(item.get().value(), json(item.get()));
        return 0;
      }
    }
  }

  /** {@code quorate kv put}. */
  @Command(name = "put", mixinStandardHelpOptions = true, description = "Sets a key.")
  static final class Put implements Callable<Integer> {
    @Mixin private Shared shared;

    @Parameters(index = "0", paramLabel = "<key>")
    private String key;

    @Parameters(index = "1", paramLabel = "<value>")
    private String value;

    @Override
    public Integer call() {
      return inSession(
          shared,
          store -> {
            Written written = store.put(key, value).join();
            shared.print(
                "ok, revision " + written.revision(),
                Json.object()
                    .put("key", key)
                    .put("revision", written.revision())
                    .put("existed", written.existed()));
            return 0;
          });
    }
  }

  /** {@code quorate kv delete}. */
  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description = "Removes a key; it need not exist.")
  static final class Delete implements Callable<Integer> {
    @Mixin private Shared shared;

    @Parameters(paramLabel = "<key>")
    private String key;

    @Override
    public Integer call() {
      return inSession(
          shared,
          store -> {
            Written written = store.delete(key).join();
            shared.print(
                written.existed() ? "deleted, revision " + written.revision() : "was not there",
                Json.object()
                    .put("key", key)
                    .put("revision", written.revision())
                    .put("existed", written.existed()));
            return 0;
          });
    }
  }

  /** {@code quorate kv cas}. */
  @Command(
      name = "cas",
      mixinStandardHelpOptions = true,
      description = "Sets a key if it has the expected value; ends with 1 if it has another.")
  static final class CompareAndSet implements Callable<Integer> {
    @Mixin private Shared shared;

    @Parameters(index = "0", paramLabel = "<key>")
    private String key;

    @Parameters(index = "1", paramLabel = "<value>")
    private String value;

    @ArgGroup(multiplicity = "1")
    private @Nullable Expected expected;

    /** One of the two. */
    static final class Expected {
      @Option(
          names = "--expect",
          required = true,
          paramLabel = "<value>",
          description = "The value that the key must have.")
      private @Nullable String value;

      @Option(names = "--absent", required = true, description = "The key must not exist.")
      private boolean absent;
    }

    @Override
    public Integer call() {
      Expected given = expected;
      Optional<String> wanted =
          given == null || given.absent ? Optional.empty() : Optional.ofNullable(given.value);
      return inSession(
          shared,
          store -> {
            Swap swap = store.compareAndSet(key, wanted, value).join();
            ObjectNode json =
                Json.object()
                    .put("key", key)
                    .put("swapped", swap.swapped())
                    .put("revision", swap.revision())
                    .put("value", swap.current().orElse(null));
            if (swap.swapped()) {
              shared.print("ok, revision " + swap.revision(), json);
              return 0;
            }
            shared.complain(
                swap.current()
                    .map(current -> key + " has the value " + current)
                    .orElse(key + " does not exist"));
            if (shared.json()) {
              shared.print("", json);
            }
            return 1;
          });
    }
  }

  /** {@code quorate kv incr}. */
  @Command(
      name = "incr",
      mixinStandardHelpOptions = true,
      description = "Adds to the whole number that is a key's value and prints the sum.")
  static final class Increment implements Callable<Integer> {
    @Mixin private Shared shared;

    @Parameters(paramLabel = "<key>")
    private String key;

    @Option(
        names = "--by",
        paramLabel = "<number>",
        defaultValue = "1",
        description = "What to add; default ${DEFAULT-VALUE}.")
    private long delta;

    @Override
    public Integer call() {
      return inSession(
          shared,
          store -> {
            long sum = store.increment(key, delta).join();
            shared.print(Long.toString(sum), Json.object().put("key", key).put("value", sum));
            return 0;
          });
    }
  }

  /** {@code quorate kv scan}. */
  @Command(
      name = "scan",
      mixinStandardHelpOptions = true,
      description = "Prints keys and values in ascending order of the keys.",
      footer = {"", "Each page is read at one instant; a scan of several pages is not."})
  static final class Scan implements Callable<Integer> {
    @Mixin private Shared shared;
    @Mixin private ReadOptions reads;

    @Parameters(
        arity = "0..1",
        paramLabel = "<prefix>",
        defaultValue = "",
        description = "Only keys that begin so.")
    private String prefix;

    @Option(
        names = "--limit",
        paramLabel = "<n>",
        defaultValue = "1000",
        description = "Most keys to print; default ${DEFAULT-VALUE}, 0: all.")
    private long limit;

    @Override
    public Integer call() {
      try (QuorateClient client = shared.connect()) {
        KvClient store = KvClient.reading(client.log());
        long left = limit <= 0 ? Long.MAX_VALUE : limit;
        String after = "";
        boolean more = true;
        while (more && left > 0) {
          int ask = (int) Math.min(left, KvStateMachine.ANSWER_ITEMS_MAX);
          Page page = store.scan(prefix, after, ask, reads.consistency()).join();
          for (Item item : page.items()) {
            shared.print(item.key() + "\t" + item.value(), json(item));
            after = item.key();
            left--;
          }
          more = page.more();
        }
        return 0;
      }
    }
  }

  /** {@code quorate kv watch}. */
  @Command(
      name = "watch",
      mixinStandardHelpOptions = true,
      description = "Prints changes as they happen, until it is interrupted.")
  static final class Watch implements Callable<Integer> {
    private static final int CHANGES_AT_ONCE = 500;

    @Mixin private Shared shared;
    @Mixin private ReadOptions reads;

    @Parameters(
        arity = "0..1",
        paramLabel = "<prefix>",
        defaultValue = "",
        description = "Only keys that begin so.")
    private String prefix;

    @Option(
        names = "--since",
        paramLabel = "<revision>",
        description = "Begin with the changes after this revision; without it with what comes.")
    private @Nullable Long since;

    @Option(names = "--count", paramLabel = "<n>", description = "End after so many changes.")
    private @Nullable Long count;

    @Option(
        names = "--every",
        paramLabel = "<time>",
        defaultValue = "200ms",
        converter = TimeConverter.class,
        description = "How often to ask; default ${DEFAULT-VALUE}.")
    private Duration every;

    @Override
    public Integer call() throws InterruptedException {
      try (QuorateClient client = shared.connect()) {
        KvClient store = KvClient.reading(client.log());
        Long from = since;
        long seen = from != null ? from : latest(store);
        long left = count == null ? Long.MAX_VALUE : count;
        while (left > 0) {
          int ask = (int) Math.min(left, CHANGES_AT_ONCE);
          Changes changes = store.changes(prefix, seen, ask, reads.consistency()).join();
          if (changes.lost()) {
            shared.complain(
                "changes after revision " + seen + " are no longer kept; scan, then watch again");
            return 1;
          }
          for (Change change : changes.changes()) {
            print(change);
            left--;
          }
          seen = changes.upTo();
          if (changes.changes().isEmpty()) {
            TimeUnit.NANOSECONDS.sleep(every.toNanos());
          }
        }
        return 0;
      }
    }

    private long latest(KvClient store) {
      return store.changes(prefix, Long.MAX_VALUE - 1, 1, reads.consistency()).join().last();
    }

    private void print(Change change) {
      ObjectNode json =
          Json.object()
              .put("revision", change.revision())
              .put("key", change.key())
              .put("value", change.value().orElse(null));
      String text =
          change.revision()
              + "\t"
              + (change.value().isPresent() ? "put" : "delete")
              + "\t"
              + change.key()
              + change.value().map(value -> "\t" + value).orElse("");
      shared.print(text, json);
    }
  }
}
