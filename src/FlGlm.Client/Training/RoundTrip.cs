using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>What came home from the server, the caller's, and the seconds of the way there and back.</summary>
internal readonly record struct RoundTrip(Tensor Hidden, double Up, double Queue, double Compute, double Down);
