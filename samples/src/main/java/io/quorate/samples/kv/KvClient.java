// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.kv;

import io.quorate.api.ReadConsistency;
import io.quorate.api.ReplicatedLog;
import io.quorate.api.Session;
import io.quorate.samples.kv.KvResult.Changes;
import io.quorate.samples.kv.KvResult.Item;
import io.quorate.samples.kv.KvResult.Page;
import io.quorate.samples.kv.KvResult.Swap;
import io.quorate.samples.kv.KvResult.Written;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The key-value store as its users call it. Writes go through a session: each takes effect once,
 * whatever is retried. Safe for several threads; futures end with a value or a {@link
 * io.quorate.api.error.ConsensusException}, or {@link KvRefused} when the store said no.
 */
public final class KvClient implements AutoCloseable {
  private final ReplicatedLog log;
  private final @Nullable Session session;

  private KvClient(ReplicatedLog log, @Nullable Session session) {
    this.log = log;
    this.session = session;
  }

  /** Uses a log and one of its sessions; closes the session only. */
  public static KvClient of(ReplicatedLog log, Session session) {
    return new KvClient(log, session);
  }

  /** Only reads, and so needs no session. */
  public static KvClient reading(ReplicatedLog log) {
    return new KvClient(log, null);
  }

  /** Opens a session of its own. */
  public static CompletableFuture<KvClient> open(ReplicatedLog log) {
    return log.openSession().thenApply(session -> new KvClient(log, session));
  }

  /** Sets a key. */
  public CompletableFuture<Written> put(String key, String value) {
    return submit(new KvCommand.Put(key, value), Written.class);
  }

  /** Removes a key. */
  public CompletableFuture<Written> delete(String key) {
    return submit(new KvCommand.Delete(key), Written.class);
  }

  /** Sets a key if it has the expected value; empty: if it does not exist. */
  public CompletableFuture<Swap> compareAndSet(
      String key, Optional<String> expected, String value) {
    return submit(new KvCommand.CompareAndSet(key, expected, value), Swap.class);
  }

  /** Adds to a number and returns the sum; a missing key counts as 0. */
  public CompletableFuture<Long> increment(String key, long delta) {
    return submit(new KvCommand.Increment(key, delta), KvResult.Sum.class)
        .thenApply(KvResult.Sum::value);
  }

  /** Puts one line of a load into the store, see {@link KvCommand.LoadLine}. */
  public CompletableFuture<KvResult.Loaded> loadLine(KvCommand.LoadLine line) {
    return submit(line, KvResult.Loaded.class);
  }

  /** Ends a load: the store forgets how far it came. */
  public CompletableFuture<KvResult.Loaded> endLoad(String load) {
    return submit(new KvCommand.EndLoad(load), KvResult.Loaded.class);
  }

  /** How many lines of a load are in the store. */
  public CompletableFuture<Long> loadedLines(String load) {
    return ask(
            new KvQuery.LoadProgress(load), ReadConsistency.LINEARIZABLE, KvResult.Progress.class)
        .thenApply(KvResult.Progress::lines);
  }

  /** Reads a key. */
  public CompletableFuture<Optional<Item>> get(String key, ReadConsistency consistency) {
    return ask(new KvQuery.Get(key), consistency, KvResult.Found.class)
        .thenApply(KvResult.Found::item);
  }

  /** Reads keys in order; for the next page pass the last key as {@code after}. */
  public CompletableFuture<Page> scan(
      String prefix, String after, int limit, ReadConsistency consistency) {
    return ask(new KvQuery.Scan(prefix, after, limit), consistency, Page.class);
  }

  /** Reads what changed after a revision; pass {@link Changes#upTo} for the next ones. */
  public CompletableFuture<Changes> changes(
      String prefix, long since, int limit, ReadConsistency consistency) {
    return ask(new KvQuery.ChangesSince(prefix, since, limit), consistency, Changes.class);
  }

  /** Ends the session; the log stays open. */
  @Override
  public void close() {
    if (session != null) {
      session.close();
    }
  }

  private <R extends KvResult> CompletableFuture<R> submit(KvCommand command, Class<R> type) {
    Session own = session;
    if (own == null) {
      throw new IllegalStateException("this client only reads");
    }
    return own.submit(KvCommand.encode(command))
        .thenApply(receipt -> cast(KvResult.decode(receipt.result()), type));
  }

  private <R extends KvResult> CompletableFuture<R> ask(
      KvQuery query, ReadConsistency consistency, Class<R> type) {
    return log.read(KvQuery.encode(query), consistency)
        .thenApply(bytes -> cast(KvResult.decode(bytes), type));
  }

  private static <R extends KvResult> R cast(KvResult result, Class<R> type) {
    if (result instanceof KvResult.Refused refused) {
      throw new KvRefused(refused.why());
    }
    return type.cast(result);
  }
}
