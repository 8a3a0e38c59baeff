// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.guice;

import io.quorate.node.config.ConfigSection;
import io.quorate.s3.aws.BucketAccess;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the objects of a group are. */
sealed interface StorePlace {

  /** In a folder of this machine. */
  record Folder(Path path) implements StorePlace {}

  /**
   * In a bucket.
   *
   * @param probe try, at every start, whether it keeps the promises that the protocol rests on
   */
  record Bucket(BucketAccess access, boolean probe) implements StorePlace {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    /** What a server that checks no signature is given: any keys will do. */
    private static final BucketAccess.Keys ANY_KEYS = new BucketAccess.Keys("quorate", "quorate");
  }

  /** What kind of store holds the objects. */
  enum Kind {
    /** A bucket behind the S3 protocol. */
    BUCKET,
    /** A folder of this machine. */
    FOLDER
  }

  /** With which keys requests are signed. */
  enum Credentials {
    /** Those that the tools of AWS would use: environment, profile, role of the machine. */
    CHAIN,
    /** Made up: for servers that check none. */
    NONE
  }

  /**
   * Reads the keys that say where the store is. Those of the other kind may stand there as well, so
   * that switching is one line.
   */
  static StorePlace read(ConfigSection section) {
    ConfigSection everywhere = section.clusterWide();
    Kind kind = everywhere.choice("store", Kind.BUCKET);
    String bucket = everywhere.text("bucket", "");
    String folder = everywhere.text("folder", "");
    Optional<String> region = section.optionalText("region");
    @Nullable URI endpoint = endpoint(section);
    boolean pathStyle = section.flag("path-style", endpoint != null);
    Credentials credentials = section.choice("credentials", Credentials.CHAIN);
    boolean checksums = section.flag("checksums", true);
    boolean quotedEtags = section.flag("quoted-etags", false);
    boolean probe = section.flag("probe", true);
    if (kind == Kind.FOLDER) {
      if (folder.isBlank()) {
        section.problem("folder", "must name a folder, since store = folder");
      }
      return new Folder(Path.of(folder));
    }
    if (!Bucket.NAME.matcher(bucket).matches()) {
      section.problem(
          "bucket",
          "must be the name of a bucket (3 to 63 of a-z, 0-9, '.', '-'), was \"" + bucket + "\"");
    }
    return new Bucket(
        new BucketAccess(
            bucket,
            region.orElse(null),
            endpoint,
            pathStyle,
            credentials == Credentials.NONE ? Bucket.ANY_KEYS : null,
            checksums,
            quotedEtags),
        probe);
  }

  private static @Nullable URI endpoint(ConfigSection section) {
    String text = section.optionalText("endpoint").orElse("");
    if (text.isEmpty()) {
      return null;
    }
    @Nullable URI endpoint = null;
    try {
      endpoint = URI.create(text);
    } catch (IllegalArgumentException e) {
      // Told below, as any other text that is no address.
    }
    if (endpoint == null
        || endpoint.getHost() == null
        || !("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))) {
      section.problem(
          "endpoint", "must be an address such as http://127.0.0.1:9000, was \"" + text + "\"");
      return null;
    }
    return endpoint;
  }
}
