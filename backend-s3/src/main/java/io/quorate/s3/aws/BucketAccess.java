// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.aws;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where a bucket is and how its server wants to be spoken to.
 *
 * @param bucket its name
 * @param region null: as the environment or the profile has it
 * @param endpoint null: Amazon's of the region
 * @param pathStyle the bucket's name stands in the path, not in the host's name
 * @param keys null: those of the SDK's default chain (environment, profile, role of the machine)
 * @param checksums whether writes carry {@code x-amz-checksum-crc32c}, so that a store refuses what
 *     was damaged on the way; older servers do not take it
 * @param quotedEtags whether {@code If-Match} has its ETag in quotes: Amazon's takes both forms,
 *     Ceph's gateway only the bare one
 */
public record BucketAccess(
    String bucket,
    @Nullable String region,
    @Nullable URI endpoint,
    boolean pathStyle,
    @Nullable Keys keys,
    boolean checksums,
    boolean quotedEtags) {

  /** An access key and its secret. */
  public record Keys(String access, String secret) {
    @Override
    public String toString() {
      return access;
    }
  }

  /** A bucket at Amazon, by the SDK's defaults. */
  public static BucketAccess amazon(String bucket, @Nullable String region) {
    return new BucketAccess(bucket, region, null, false, null, true, false);
  }

  /** A bucket at another server, which has its name in the path. */
  public static BucketAccess at(URI endpoint, String bucket) {
    return new BucketAccess(bucket, null, endpoint, true, null, true, false);
  }

  /** This bucket in another region; null: as the environment has it. */
  public BucketAccess withRegion(@Nullable String other) {
    return new BucketAccess(bucket, other, endpoint, pathStyle, keys, checksums, quotedEtags);
  }

  /** This bucket with other keys; null: those of the SDK's default chain. */
  public BucketAccess withKeys(@Nullable Keys other) {
    return new BucketAccess(bucket, region, endpoint, pathStyle, other, checksums, quotedEtags);
  }

  /** This bucket with or without checksums. */
  public BucketAccess withChecksums(boolean wanted) {
    return new BucketAccess(bucket, region, endpoint, pathStyle, keys, wanted, quotedEtags);
  }

  /** This bucket with ETags quoted or bare. */
  public BucketAccess withQuotedEtags(boolean wanted) {
    return new BucketAccess(bucket, region, endpoint, pathStyle, keys, checksums, wanted);
  }

  /** Where it is, for people. */
  public String place() {
    if (endpoint != null) {
      return bucket + " at " + endpoint;
    }
    return region == null ? bucket : bucket + " in " + region;
  }
}
