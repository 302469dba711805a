using System.Runtime.InteropServices;
using System.Text;
using FlGlm.Core.Configuration;

namespace FlGlm.Server.Cluster;

/// <summary>
/// The functions of Open MPI that are used, of its versions 4 and 5. One thread calls them, the one that has made this object. Handles are
/// addresses of exported variables.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    private const string Name = "libmpi.so.40";

    /// <summary>Only the thread that initialises calls the library.</summary>
    private const int ThreadFunneled = 1;

    /// <summary>Bytes of a status, and of the longest name and message; larger than those of both versions.</summary>
    private const int StatusBytes = 64;
    private const int TextBytes = 1024;

    private readonly nint _library;
    private readonly nint _world;
    private readonly nint _byte;
    private readonly delegate* unmanaged<byte*, int, nint, int, int, nint, nint*, int> _send;
    private readonly delegate* unmanaged<byte*, int, nint, int, int, nint, nint*, int> _receive;
    private readonly delegate* unmanaged<int, int, nint, int*, byte*, int> _probe;
    private readonly delegate* unmanaged<nint*, int*, byte*, int> _test;
    private readonly delegate* unmanaged<byte*, nint, int*, int> _count;
    private readonly delegate* unmanaged<int, byte*, int*, int> _error;

    /// <summary>Loads the library and initialises it: once in the life of a process.</summary>
    /// <exception cref="ConfigurationException">It is not here.</exception>
    public MpiLibrary()
    {
        if (!NativeLibrary.TryLoad(Name, out _library))
            throw new ConfigurationException("server.cluster", $"'mpi' needs Open MPI 4 or 5, and '{Name}' cannot be loaded. Debian, Ubuntu: apt-get install openmpi-bin.");
        _send = (delegate* unmanaged<byte*, int, nint, int, int, nint, nint*, int>)Find("MPI_Isend");
        _receive = (delegate* unmanaged<byte*, int, nint, int, int, nint, nint*, int>)Find("MPI_Irecv");
        _probe = (delegate* unmanaged<int, int, nint, int*, byte*, int>)Find("MPI_Iprobe");
        _test = (delegate* unmanaged<nint*, int*, byte*, int>)Find("MPI_Test");
        _count = (delegate* unmanaged<byte*, nint, int*, int>)Find("MPI_Get_count");
        _error = (delegate* unmanaged<int, byte*, int*, int>)Find("MPI_Error_string");
        (_world, _byte) = (Find("ompi_mpi_comm_world"), Find("ompi_mpi_byte"));
        Initialise();
        Rank = Number("MPI_Comm_rank");
        Size = Number("MPI_Comm_size");
        Host = ProcessorName();
    }

    public int Rank { get; }

    public int Size { get; }

    public string Host { get; }

    /// <summary>Begins to send.</summary>
    /// <param name="bytes">stay where they are until the request is done</param>
    /// <returns>the request</returns>
    public nint Send(byte* bytes, int count, int rank, ClusterTag tag)
    {
        nint request;
        Check(_send(bytes, count, _byte, rank, (int)tag, _world, &request));
        return request;
    }

    /// <summary>Begins to receive a message that is there.</summary>
    /// <inheritdoc cref="Send"/>
    public nint Receive(byte* bytes, int count, int rank, ClusterTag tag)
    {
        nint request;
        Check(_receive(bytes, count, _byte, rank, (int)tag, _world, &request));
        return request;
    }

    /// <summary>The length of the next message; null where there is none.</summary>
    public int? Probe(int rank, ClusterTag tag)
    {
        var status = stackalloc byte[StatusBytes];
        int isThere, count;
        Check(_probe(rank, (int)tag, _world, &isThere, status));
        if (isThere == 0)
            return null;
        Check(_count(status, _byte, &count));
        return count;
    }

    /// <summary>Whether a request is done.</summary>
    public bool IsDone(ref nint request)
    {
        var status = stackalloc byte[StatusBytes];
        int isDone;
        fixed (nint* at = &request)
            Check(_test(at, &isDone, status));
        return isDone != 0;
    }

    /// <summary>All processes call it at the end; nothing can be called afterwards.</summary>
    public void Finish() => Check(((delegate* unmanaged<int>)Find("MPI_Finalize"))());

    private void Initialise()
    {
        int isInitialised, provided;
        Check(((delegate* unmanaged<int*, int>)Find("MPI_Initialized"))(&isInitialised));
        if (isInitialised != 0)
            throw new ConfigurationException("server.cluster", "This process has had a run with Open MPI already, which can be initialised once. Start another process.");
        Check(((delegate* unmanaged<int*, byte***, int, int*, int>)Find("MPI_Init_thread"))(null, null, ThreadFunneled, &provided));
        Check(((delegate* unmanaged<nint, nint, int>)Find("MPI_Comm_set_errhandler"))(_world, Find("ompi_mpi_errors_return")));
    }

    private int Number(string function)
    {
        int number;
        Check(((delegate* unmanaged<nint, int*, int>)Find(function))(_world, &number));
        return number;
    }

    private string ProcessorName()
    {
        var name = stackalloc byte[TextBytes];
        int length;
        Check(((delegate* unmanaged<byte*, int*, int>)Find("MPI_Get_processor_name"))(name, &length));
        return Encoding.UTF8.GetString(name, length);
    }

    private nint Find(string symbol) => NativeLibrary.TryGetExport(_library, symbol, out var address)
        ? address
        : throw new ConfigurationException("server.cluster", $"'{Name}' has no '{symbol}': it is not Open MPI 4 or 5.");

    private void Check(int code)
    {
        if (code == 0)
            return;
        var text = stackalloc byte[TextBytes];
        int length;
        throw new NetworkException(_error(code, text, &length) == 0 ? $"Open MPI: {Encoding.UTF8.GetString(text, length)}." : FormattableString.Invariant($"Open MPI: error {code}."));
    }
}
