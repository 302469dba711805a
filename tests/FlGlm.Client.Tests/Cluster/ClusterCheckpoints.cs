using System.Globalization;
using FlGlm.Core.Checkpoints;

namespace FlGlm.Client.Tests.Cluster;

/// <summary>What a server would have kept had it died earlier.</summary>
internal static class ClusterCheckpoints
{
    /// <summary>It has died before it had written the beginning of a turn.</summary>
    public static void RemoveTurn(string folder, int turn) =>
        new CheckpointStore(folder).Remove(name => name.StartsWith(string.Create(CultureInfo.InvariantCulture, $"turn-{turn:d4}"), StringComparison.Ordinal));
}
