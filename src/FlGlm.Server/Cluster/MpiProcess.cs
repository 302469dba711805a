using System.Globalization;
using FlGlm.Core.Configuration;

namespace FlGlm.Server.Cluster;

/// <summary>What <c>mpirun</c> or <c>srun --mpi=pmix</c> has told this process, before Open MPI is loaded.</summary>
public static class MpiProcess
{
    private static readonly string[] Variables = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK"];

    /// <summary>The number of this process among those that were started together, from 0; null where it was started alone.</summary>
    public static int? FindRank() => Variables
        .Select(name => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var rank) ? rank : (int?)null)
        .FirstOrDefault(rank => rank is not null);

    /// <summary>The same where it must have been started so.</summary>
    /// <exception cref="ConfigurationException">It was started alone.</exception>
    public static int Rank() => FindRank() ?? throw new ConfigurationException(
        "server.cluster", "'mpi' needs processes that Open MPI has started: `mpirun -np 2 flglm server ...`, or `srun --mpi=pmix flglm server ...`.");
}
