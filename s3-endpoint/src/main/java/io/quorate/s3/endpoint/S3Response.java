// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import java.util.Map;
import java.util.TreeMap;

/** One answer. */
record S3Response(int status, Map<String, String> headers, byte[] body) {
  /** No answer at all: the connection is cut. */
  static final S3Response NONE = empty(0);

  boolean isNone() {
    return status == 0;
  }

  static S3Response empty(int status) {
    return new S3Response(status, new TreeMap<>(), new byte[0]);
  }

  static S3Response document(int status, byte[] xml) {
    return new S3Response(status, new TreeMap<>(), xml).with("Content-Type", "application/xml");
  }

  S3Response with(String header, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(header, value);
    return new S3Response(status, more, body);
  }
}
