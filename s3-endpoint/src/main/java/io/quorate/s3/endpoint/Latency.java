// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import java.util.random.RandomGenerator;

/**
 * How long requests take beside the work that they are, as published for Amazon S3: small objects
 * in the bucket's region, log-normal between median and 99th percentile.
 */
public enum Latency {
  /** As fast as it goes. */
  NONE(0, 0, 0, 0),
  /** S3 Standard: tens of milliseconds, tails of 100 to 200. */
  STANDARD(20, 120, 30, 160),
  /** S3 Express One Zone: single-digit milliseconds. */
  EXPRESS(4, 10, 5, 14);

  /** Of the standard normal distribution: 1 of 100 values is beyond it. */
  private static final double QUANTILE_99 = 2.326;

  private final double readMedianMs;
  private final double read99Ms;
  private final double writeMedianMs;
  private final double write99Ms;

  Latency(double readMedianMs, double read99Ms, double writeMedianMs, double write99Ms) {
    this.readMedianMs = readMedianMs;
    this.read99Ms = read99Ms;
    this.writeMedianMs = writeMedianMs;
    this.write99Ms = write99Ms;
  }

  /** Draws how long one request takes. */
  long nanos(boolean write, RandomGenerator random) {
    double median = write ? writeMedianMs : readMedianMs;
    if (median == 0) {
      return 0;
    }
    double sigma = Math.log((write ? write99Ms : read99Ms) / median) / QUANTILE_99;
    return (long) (median * Math.exp(sigma * random.nextGaussian()) * 1e6);
  }
}
