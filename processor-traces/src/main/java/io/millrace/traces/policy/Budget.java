package io.millrace.traces.policy;

/** A limit of a policy that can be cut to a share of it, when several deciders keep it together. */
interface Budget {

  /**
   * @param share more than 0, up to 1
   */
  void share(double share);
}
