// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

/** A request that ends in one of the errors of S3. */
final class S3Error extends Exception {
  private final int status;
  private final String code;

  S3Error(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  static S3Error invalid(String message) {
    return new S3Error(400, "InvalidRequest", message);
  }

  static S3Error notImplemented(String what) {
    return new S3Error(501, "NotImplemented", what + " is not part of this server");
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }
}
