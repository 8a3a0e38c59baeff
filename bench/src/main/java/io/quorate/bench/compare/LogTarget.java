// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import io.quorate.api.ReadConsistency;
import io.quorate.api.Receipt;
import io.quorate.api.ReplicatedLog;
import io.quorate.api.Session;
import io.quorate.api.SessionOptions;
import io.quorate.node.QuorateClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The load on one of our own groups, through the public client. */
final class LogTarget implements Target {
  /** Few sessions, each shared by many clients: what a service with one connection looks like. */
  private static final int SESSIONS_MAX = 4;

  private static final SessionOptions SESSION =
      new SessionOptions(SessionOptions.Order.NONE, Duration.ofMinutes(10));

  private final QuorateClient client;
  private final ReplicatedLog log;
  private final ReadConsistency reads;
  private final List<Session> sessions = new ArrayList<>();

  LogTarget(QuorateClient client, ReadConsistency reads) {
    this.reads = reads;
    this.client = client;
    log = client.log();
  }

  @Override
  public void open(int clients) {
    for (int i = 0; i < Math.min(SESSIONS_MAX, clients); i++) {
      sessions.add(log.openSession(SESSION).orTimeout(60, TimeUnit.SECONDS).join());
    }
  }

  @Override
  public CompletableFuture<byte[]> write(int client, byte[] command) {
    return sessions.get(client % sessions.size()).submit(command).thenApply(Receipt::result);
  }

  @Override
  public CompletableFuture<byte[]> read(byte[] query) {
    return log.read(query, reads);
  }

  @Override
  public CompletableFuture<byte[]> readLinearizable(byte[] query) {
    return log.read(query, ReadConsistency.LINEARIZABLE);
  }

  @Override
  public void close() {
    client.close();
  }
}
