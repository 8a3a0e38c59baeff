// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where the objects of a group are. */
public sealed interface StoreConfig {

  /**
   * A folder of this machine: for one node, or for several on one machine.
   *
   * @param path absolute, or from the working directory
   */
  record Folder(String path) implements StoreConfig {
    /** Refuses an empty path. */
    public Folder {
      S3Config.require(!path.isBlank(), "folder", "must name a folder");
    }
  }

  /**
   * A bucket behind the S3 protocol. Credentials come from where the AWS tools have them.
   *
   * @param bucket its name
   * @param region where it is
   * @param endpoint of a store other than AWS; empty for AWS itself
   * @param pathStyle name the bucket in the path instead of the host name
   * @param checksums send a CRC32C with each object; off only for stores that refuse it
   * @param anonymous sign nothing and look for no credentials
   */
  record Bucket(
      String bucket,
      String region,
      Optional<URI> endpoint,
      boolean pathStyle,
      boolean checksums,
      boolean anonymous)
      implements StoreConfig {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    /** Refuses what is no name of a bucket, or no address. */
    public Bucket {
      S3Config.require(
          NAME.matcher(bucket).matches(),
          "bucket",
          "must be the name of a bucket (3 to 63 of a-z, 0-9, '.', '-'), was \"" + bucket + "\"");
      S3Config.require(!region.isBlank(), "region", "must name the region of the bucket");
      S3Config.require(
          endpoint.isEmpty() || isAddress(endpoint.get()),
          "endpoint",
          "must be an address such as http://127.0.0.1:9000, was "
              + endpoint.map(URI::toString).orElse(""));
    }

    private static boolean isAddress(URI endpoint) {
      String scheme = endpoint.getScheme();
      return endpoint.getHost() != null && ("http".equals(scheme) || "https".equals(scheme));
    }
  }
}
