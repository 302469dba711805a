using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>The server's reply, which the caller disposes, with the seconds of each leg.</summary>
internal readonly record struct RoundTrip(Tensor Hidden, double Up, double Queue, double Compute, double Down);
