namespace FlGlm.Server.Cluster;

/// <summary>Whether several servers form one run.</summary>
public enum ClusterKind
{
    /// <summary>This server is alone.</summary>
    None,

    /// <summary>The processes that <c>mpirun</c> or <c>srun --mpi=pmix</c> has started form one run, and talk through Open MPI.</summary>
    Mpi,
}
