// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.backend;

import io.quorate.s3.S3Config;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Draws configurations that are legal, but mostly odd: for trying a group under many of them, where
 * average settings would hide what only tiny windows, parts or bursts show.
 */
public final class S3Variations {
  private S3Variations() {}

  /** The configuration that this stream of numbers makes; the same stream makes the same one. */
  public static S3Config draw(RandomGenerator random) {
    return new S3Config(
        coin(random) ? "" : "base/of/keys",
        timing(random),
        append(random),
        reads(random),
        requests(random),
        new S3Config.Snapshots(
            logarithmic(random, 3, 300),
            (int) logarithmic(random, 300, 100_000),
            coin(random) ? 0 : logarithmic(random, 1, 100),
            Duration.ofMillis(logarithmic(random, 500, 60_000))));
  }

  private static S3Config.Timing timing(RandomGenerator random) {
    long heartbeat = logarithmic(random, 20, 200);
    long failure = heartbeat * uniform(random, 3, 8);
    return new S3Config.Timing(
        Duration.ofMillis(heartbeat),
        Duration.ofMillis(failure),
        Duration.ofMillis(logarithmic(random, 10, 200)),
        coin(random) ? Duration.ZERO : Duration.ofMillis(logarithmic(random, 50, 500)),
        Duration.ofMillis(logarithmic(random, 500, 5_000)),
        Duration.ofMillis(logarithmic(random, 200, 5_000)));
  }

  private static S3Config.Append append(RandomGenerator random) {
    Duration linger = Duration.ofMillis(coin(random) ? 0 : uniform(random, 1, 20));
    return new S3Config.Append(
        (int) logarithmic(random, 1, 16),
        logarithmic(random, 500, 1 << 20),
        // A slot takes long: with a few commands in each, callers would ask for more than ever
        // fits.
        (int) logarithmic(random, 8_000, 1 << 20),
        (int) logarithmic(random, 16, 1_000),
        linger,
        linger.plusMillis(logarithmic(random, 1, 200)),
        coin(random) ? 0 : (int) logarithmic(random, 50, 200),
        (int) logarithmic(random, 1, 40));
  }

  private static S3Config.Reads reads(RandomGenerator random) {
    return new S3Config.Reads(
        coin(random) ? Duration.ZERO : Duration.ofMillis(logarithmic(random, 50, 1_000)),
        0.01,
        coin(random) ? S3Config.ReadBarrier.COMMITTED : S3Config.ReadBarrier.SENT);
  }

  private static S3Config.Requests requests(RandomGenerator random) {
    long timeout = logarithmic(random, 50, 1_000);
    long backoff = logarithmic(random, 5, 100);
    long poll = logarithmic(random, 10, 100);
    return new S3Config.Requests(
        Duration.ofMillis(timeout),
        Duration.ofMillis(timeout * uniform(random, 1, 8)),
        Duration.ofMillis(backoff),
        Duration.ofMillis(backoff * uniform(random, 1, 16)),
        coin(random),
        (int) logarithmic(random, 1, 32),
        logarithmic(random, 500, 1 << 20),
        Duration.ofMillis(poll),
        Duration.ofMillis(poll * uniform(random, 1, 16)));
  }

  private static boolean coin(RandomGenerator random) {
    return uniform(random, 0, 1) == 1;
  }

  private static long uniform(RandomGenerator random, long least, long most) {
    return least + Math.floorMod(random.nextLong() >>> 1, most - least + 1);
  }

  /** Each order of magnitude as likely as another. */
  private static long logarithmic(RandomGenerator random, long least, long most) {
    long bits = uniform(random, bitsOf(least), bitsOf(most));
    long low = Math.max(least, 1L << (bits - 1));
    return uniform(random, low, Math.max(low, Math.min(most, (1L << bits) - 1)));
  }

  private static long bitsOf(long value) {
    return (long) Long.SIZE - Long.numberOfLeadingZeros(value);
  }
}
