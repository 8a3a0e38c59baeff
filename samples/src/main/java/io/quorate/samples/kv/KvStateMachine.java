// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.kv;

import io.quorate.api.statemachine.ApplyContext;
import io.quorate.api.statemachine.Codec;
import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.api.statemachine.TypedStateMachine;
import io.quorate.samples.kv.KvResult.Change;
import io.quorate.samples.kv.KvResult.Item;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A sorted key-value store. Every change carries a revision: the index of its command.
 *
 * <p>Snapshots cost no pause: {@link #capture} takes a view of the sorted map at once and copies
 * the change history (at most {@value ChangeHistory#CHANGES_MAX} references); changes made while it
 * is written cost a second tree look-up each, see {@link FreezableMap}.
 */
public final class KvStateMachine implements TypedStateMachine<KvCommand, KvResult, KvQuery> {
  /** Most keys, or changes, in one answer. */
  public static final int ANSWER_ITEMS_MAX = 1000;

  /** Characters after which an answer ends, so that it fits into one message. */
  static final int ANSWER_CHARACTERS_MAX = 256 << 10;

  /** Loads remembered at a time; beyond it the one that was quiet for longest is forgotten. */
  static final int LOADS_MAX = 1000;

  /** A value and the revision that set it. */
  record Versioned(String value, long revision) {}

  /** How far a load came, and when it last moved. */
  record Load(long lines, long revision) {}

  private static final Codec<KvCommand> COMMANDS = codec(KvCommand::encode, KvCommand::decode);
  private static final Codec<KvResult> RESULTS = codec(KvResult::encode, KvResult::decode);
  private static final Codec<KvQuery> QUERIES = codec(KvQuery::encode, KvQuery::decode);

  private FreezableMap<Versioned> items = new FreezableMap<>();
  private final ChangeHistory history = new ChangeHistory();
  private TreeMap<String, Load> loads = new TreeMap<>();
  private long revision;
  private long itemsDigest;

  @Override
  public String name() {
    return "quorate-kv";
  }

  @Override
  public Codec<KvCommand> commands() {
    return COMMANDS;
  }

  @Override
  public Codec<KvResult> results() {
    return RESULTS;
  }

  @Override
  public Codec<KvQuery> queries() {
    return QUERIES;
  }

  /** Number of keys. */
  public int size() {
    return items.size();
  }

  @Override
  public KvResult applyTyped(KvCommand command, ApplyContext context) {
    revision = context.index();
    return switch (command) {
      case KvCommand.Put put -> written(put.key(), put.value());
      case KvCommand.Delete delete -> {
        boolean existed = items.get(delete.key()) != null;
        if (existed) {
          change(delete.key(), null);
        }
        yield new KvResult.Written(revision, existed);
      }
      case KvCommand.CompareAndSet swap -> compareAndSet(swap);
      case KvCommand.Increment increment -> increment(increment);
      case KvCommand.LoadLine line -> loadLine(line);
      case KvCommand.EndLoad end -> {
        Load load = loads.remove(end.load());
        yield new KvResult.Loaded(load == null ? 0 : load.lines(), load == null);
      }
    };
  }

  private KvResult written(String key, String value) {
    return new KvResult.Written(revision, change(key, value) != null);
  }

  private KvResult compareAndSet(KvCommand.CompareAndSet command) {
    Optional<String> current = Optional.ofNullable(items.get(command.key())).map(Versioned::value);
    if (!current.equals(command.expected())) {
      return new KvResult.Swap(false, revision, current);
    }
    change(command.key(), command.value());
    return new KvResult.Swap(true, revision, Optional.of(command.value()));
  }

  private KvResult increment(KvCommand.Increment command) {
    Versioned current = items.get(command.key());
    long sum;
    try {
      sum = Math.addExact(current == null ? 0 : Long.parseLong(current.value()), command.delta());
    } catch (NumberFormatException e) {
      return new KvResult.Refused("the value of " + command.key() + " is not a whole number");
    } catch (ArithmeticException e) {
      return new KvResult.Refused("the value of " + command.key() + " would exceed 64 bits");
    }
    change(command.key(), Long.toString(sum));
    return new KvResult.Sum(revision, sum);
  }

  private KvResult loadLine(KvCommand.LoadLine command) {
    Load load = loads.getOrDefault(command.load(), new Load(0, revision));
    if (command.line() <= load.lines()) {
      return new KvResult.Loaded(command.line(), true);
    }
    if (command.line() != load.lines() + 1) {
      return new KvResult.Refused(
          "line " + command.line() + " cannot follow line " + load.lines() + " of the load");
    }
    change(command.key(), command.value());
    if (loads.size() == LOADS_MAX && !loads.containsKey(command.load())) {
      forgetQuietestLoad();
    }
    loads.put(command.load(), new Load(command.line(), revision));
    return new KvResult.Loaded(command.line(), false);
  }

  private void forgetQuietestLoad() {
    String quietest = loads.firstKey();
    for (Map.Entry<String, Load> entry : loads.entrySet()) {
      Load candidate = loads.get(quietest);
      if (candidate == null || entry.getValue().revision() < candidate.revision()) {
        quietest = entry.getKey();
      }
    }
    loads.remove(quietest);
  }

  private @Nullable Versioned change(String key, @Nullable String value) {
    history.add(new Change(revision, key, Optional.ofNullable(value)));
    Versioned next = value == null ? null : new Versioned(value, revision);
    Versioned before = items.set(key, next);
    itemsDigest += digest(key, next) - digest(key, before);
    return before;
  }

  /** Revision, and the sum of a hash of each item, which a change keeps up to date. */
  @Override
  public byte[] digest() {
    return ByteBuffer.allocate(2 * Long.BYTES).putLong(revision).putLong(itemsDigest).array();
  }

  private static long digest(String key, @Nullable Versioned item) {
    if (item == null) {
      return 0;
    }
    // The language says what the hash of a String is: equal on all JVMs.
    long both = (long) key.hashCode() << 32 ^ item.value().hashCode();
    long mixed = (both ^ item.revision() * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
    return (mixed ^ mixed >>> 29) * 0x94D049BB133111EBL;
  }

  @Override
  public KvResult queryTyped(KvQuery query) {
    return switch (query) {
      case KvQuery.Get get -> new KvResult.Found(find(get.key()));
      case KvQuery.Scan scan -> scan(scan);
      case KvQuery.ChangesSince changes ->
          history.since(
              changes.prefix(),
              changes.since(),
              Math.clamp(changes.limit(), 1, ANSWER_ITEMS_MAX),
              revision);
      case KvQuery.LoadProgress progress -> {
        Load load = loads.get(progress.load());
        yield new KvResult.Progress(load == null ? 0 : load.lines());
      }
    };
  }

  private Optional<Item> find(String key) {
    Versioned found = items.get(key);
    return found == null
        ? Optional.empty()
        : Optional.of(new Item(key, found.value(), found.revision()));
  }

  private KvResult scan(KvQuery.Scan scan) {
    int limit = Math.clamp(scan.limit(), 1, ANSWER_ITEMS_MAX);
    List<Item> found = new ArrayList<>();
    long characters = 0;
    String first = scan.after().compareTo(scan.prefix()) > 0 ? scan.after() : scan.prefix();
    Iterator<Map.Entry<String, Versioned>> entries = items.from(first);
    while (entries.hasNext()) {
      Map.Entry<String, Versioned> entry = entries.next();
      String key = entry.getKey();
      if (key.equals(scan.after()) && !scan.after().isEmpty()) {
        continue;
      }
      if (!key.startsWith(scan.prefix())) {
        break;
      }
      if (found.size() == limit || characters > ANSWER_CHARACTERS_MAX) {
        return new KvResult.Page(found, true);
      }
      String value = entry.getValue().value();
      found.add(new Item(key, value, entry.getValue().revision()));
      characters += key.length() + value.length();
    }
    return new KvResult.Page(found, false);
  }

  @Override
  public SnapshotSource capture() {
    return new KvSnapshot(
        items.view(), history.all(), history.forgotten(), new TreeMap<>(loads), revision);
  }

  @Override
  public void restore(InputStream in, int version) throws IOException {
    KvSnapshot.Content content = KvSnapshot.read(in);
    items = content.items();
    history.restore(content.changes(), content.forgotten());
    loads = content.loads();
    revision = content.revision();
    itemsDigest = 0;
    Iterator<Map.Entry<String, Versioned>> restored = items.from("");
    while (restored.hasNext()) {
      Map.Entry<String, Versioned> item = restored.next();
      itemsDigest += digest(item.getKey(), item.getValue());
    }
  }

  private static <T> Codec<T> codec(Function<T, byte[]> encoder, Function<byte[], T> decoder) {
    return new Codec<>() {
      @Override
      public byte[] encode(T value) {
        return encoder.apply(value);
      }

      @Override
      public T decode(byte[] bytes) {
        return decoder.apply(bytes);
      }
    };
  }
}
