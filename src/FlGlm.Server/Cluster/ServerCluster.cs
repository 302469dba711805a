using System.Net;
using System.Text;
using System.Text.Json;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Server.Aggregation;
using FlGlm.Server.Hosting;
using FlGlm.Server.Recovery;

namespace FlGlm.Server.Cluster;

/// <summary>
/// This server among those of a run: the clients that are dealt to it, and the meetings of all servers. A meeting waits for the last one, and
/// ends where this server stops or another one fails.
/// </summary>
internal sealed class ServerCluster : IAsyncDisposable
{
    /// <summary>How long the others may take to receive that this server has failed.</summary>
    private static readonly TimeSpan FailureLimit = TimeSpan.FromSeconds(2);

    private readonly ICluster _links;
    private readonly ClientsSettings _clients;
    private readonly RunEvents _events;
    private readonly CancellationToken _stop;
    private readonly CancellationToken _abort;
    private readonly CancellationTokenSource _over;
    private readonly CancellationTokenSource _watching = new();
    private readonly TaskCompletionSource<NetworkException> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IReadOnlyList<string>> _addresses = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _watch;
    private volatile bool _isClosed;
    private bool _hasEnded;

    /// <param name="links">from now on this object's</param>
    /// <param name="clients">of the whole run</param>
    /// <param name="stop">requests a stop: nobody is waited for any more</param>
    /// <param name="ct">cancels at once</param>
    public ServerCluster(ICluster links, ClientsSettings clients, RunEvents events, CancellationToken stop, CancellationToken ct)
    {
        (_links, _clients, _events, _stop, _abort) = (links, clients, events, stop, ct);
        _over = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        _watch = Task.WhenAll(Others.Select(WatchAsync));
    }

    /// <summary>The number of this server, from 0.</summary>
    public int Rank => _links.Rank;

    /// <summary>The number of servers.</summary>
    public int Size => _links.Size;

    /// <summary>Whether this server stops: it meets nobody any more.</summary>
    public bool IsStopped => _isClosed || _stop.IsCancellationRequested || _abort.IsCancellationRequested;

    /// <summary>Completes when another server has ended the run before its end.</summary>
    public Task<NetworkException> Failed => _failed.Task;

    /// <summary>The clients of this server, as if the run had no others: by (seat - 1) modulo the number of servers, with their share of <c>clients.minimum</c>.</summary>
    public ClientsSettings Own
    {
        get
        {
            string[] own = [.. _clients.Names.Where((_, index) => index % Size == Rank)];
            return _clients with { Names = own, Expected = own.Length, Minimum = ((_clients.Minimum * own.Length) + _clients.Expected - 1) / _clients.Expected };
        }
    }

    private IEnumerable<int> Others => Enumerable.Range(0, Size).Where(rank => rank != Rank);

    private string Self => $"rank {Rank} of {Size} ({_links.Host})";

    /// <summary>Works to the end of the run. Where this server fails or stops, the others are told.</summary>
    public async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
            if (_hasEnded)
                await LeaveAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (!Failed.IsCompleted)
        {
            var text = $"{Self} has ended the run: {e.Message}";
            _events.Warn(text);
            await TellFailureAsync(text).ConfigureAwait(false);
            throw;
        }

        if (!_hasEnded)
            await TellFailureAsync($"{Self} was stopped.").ConfigureAwait(false);
    }

    /// <summary>This server stops: who leaves it now has not left the run, so that it meets nobody any more.</summary>
    public void Close()
    {
        _isClosed = true;
        _over.Cancel();
    }

    /// <summary>This server has nothing left to do: waits for the others, or for a stop.</summary>
    public async Task EndTogetherAsync()
    {
        try
        {
            await GatherAsync(ClusterTag.End, Rank).ConfigureAwait(false);
            _hasEnded = true;
        }
        catch (OperationCanceledException) when (IsStopped)
        {
            // The others go on handing out.
        }
    }

    /// <summary>Agrees with the other servers on the run: its id, and the turn with which all go on where they resume it.</summary>
    /// <param name="plan">complete: for this server's model</param>
    /// <param name="checkpoints">later ones are removed; null = none are written</param>
    /// <returns>the id of the run</returns>
    /// <exception cref="ConfigurationException">They are not of one run; the message names the rank.</exception>
    public async Task<string> AgreeAsync(RunPlan plan, ModelContent content, ServerCheckpoints? checkpoints)
    {
        var own = new ClusterMember(BuildVersion.Current, PlanText.Write(plan with { RunId = "" }), content.Fingerprint, SplitServer.NewRunId(), checkpoints?.Turns ?? []);
        var agreed = ClusterAgreement.Of(await GatherAsync(ClusterTag.Member, own).ConfigureAwait(false));
        checkpoints?.BeginTogether(agreed.Turn, Size);
        _events.Report($"{Self} has the clients {string.Join(", ", Own.Names)}{(agreed.Turn > 0 ? FormattableString.Invariant($"; all servers go on with turn {agreed.Turn}") : "")}");
        return agreed.RunId;
    }

    /// <summary>Every server says something; all hear what all have said.</summary>
    /// <returns>by rank</returns>
    /// <exception cref="NetworkException">Another server has failed.</exception>
    public Task<IReadOnlyList<T>> GatherAsync<T>(ClusterTag tag, T own) => MeetAsync(async ct =>
    {
        if (Rank > 0)
        {
            await _links.SendAsync(0, tag, JsonSerializer.SerializeToUtf8Bytes(own), ct).ConfigureAwait(false);
            return JsonSerializer.Deserialize<List<T>>(await _links.ReceiveAsync(0, tag, ct).ConfigureAwait(false))!;
        }

        List<T> all = [own];
        foreach (var rank in Others)
            all.Add(JsonSerializer.Deserialize<T>(await _links.ReceiveAsync(rank, tag, ct).ConfigureAwait(false))!);
        var message = JsonSerializer.SerializeToUtf8Bytes(all);
        await Task.WhenAll(Others.Select(rank => _links.SendAsync(rank, tag, message, ct))).ConfigureAwait(false);
        return (IReadOnlyList<T>)all;
    });

    /// <summary>
    /// The mean over the clients of all servers: rank 0 takes what each holds, one client after the other, and adds it in the order of the seats as
    /// one server does. What was added is gone afterwards.
    /// </summary>
    /// <returns>the same bits at every server, which the caller disposes; null where no client has added anything</returns>
    public Task<ParameterSet?> MeanAsync(FederatedAverage own, ComputeLane lane) => MeetAsync(async ct =>
    {
        if (Rank > 0)
        {
            await SendAsync(own, ct).ConfigureAwait(false);
            own.Dispose();
            return await ClusterTensors.ReceiveAsync(_links, 0, ct).ConfigureAwait(false);
        }

        foreach (var rank in Others)
            await TakeAsync(rank, own, ct).ConfigureAwait(false);
        var mean = await lane.RunAsync(own.TakeIfAny, ct).ConfigureAwait(false);
        await Task.WhenAll(Others.Select(rank => ClusterTensors.SendAsync(_links, rank, mean, ct))).ConfigureAwait(false);
        return mean;
    });

    /// <summary>Tells the other servers where this one's clients find it.</summary>
    /// <param name="listening">where it listens</param>
    public async Task TellAddressAsync(ServerSettings settings, IPEndPoint listening)
    {
        var isAnywhere = listening.Address.Equals(IPAddress.Any) || listening.Address.Equals(IPAddress.IPv6Any);
        var own = settings.Advertise.Count > 0 ? settings.Advertise[Rank] : isAnywhere ? new HostPort(_links.Host, listening.Port).ToString() : listening.ToString();
        _addresses.TrySetResult(await GatherAsync(ClusterTag.Address, own).ConfigureAwait(false));
    }

    /// <summary>Where a client belongs that another server serves; null where this one does, or nobody.</summary>
    public async Task<string?> OtherAddressAsync(string client, CancellationToken ct)
    {
        var index = _clients.Names.ToList().IndexOf(client);
        return index < 0 || index % Size == Rank ? null : (await _addresses.Task.WaitAsync(ct).ConfigureAwait(false))[index % Size];
    }

    public async ValueTask DisposeAsync()
    {
        await _watching.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _links.DisposeAsync().ConfigureAwait(false);
        _over.Dispose();
        _watching.Dispose();
    }

    private async Task LeaveAsync()
    {
        await _watching.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _links.EndAsync().ConfigureAwait(false);
    }

    private async Task SendAsync(FederatedAverage own, CancellationToken ct)
    {
        var weights = own.Contributions.Select(each => new Contribution(each.Key, each.Value.Weight));
        await _links.SendAsync(0, ClusterTag.Values, JsonSerializer.SerializeToUtf8Bytes(weights), ct).ConfigureAwait(false);
        foreach (var (parameters, _) in own.Contributions.Values)
            await ClusterTensors.SendAsync(_links, 0, parameters, ct).ConfigureAwait(false);
    }

    private async Task TakeAsync(int rank, FederatedAverage into, CancellationToken ct)
    {
        var contributions = JsonSerializer.Deserialize<Contribution[]>(await _links.ReceiveAsync(rank, ClusterTag.Values, ct).ConfigureAwait(false))!;
        foreach (var (seat, weight) in contributions)
            into.Add(seat, (await ClusterTensors.ReceiveAsync(_links, rank, ct).ConfigureAwait(false))!, weight);
    }

    private async Task<T> MeetAsync<T>(Func<CancellationToken, Task<T>> meeting)
    {
        if (IsStopped)
            throw new OperationCanceledException("This server stops.");
        try
        {
            return await meeting(_over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Failed.IsCompleted && !IsStopped)
        {
            throw await Failed.ConfigureAwait(false);
        }
    }

    private async Task WatchAsync(int rank)
    {
        var text = Encoding.UTF8.GetString(await _links.ReceiveAsync(rank, ClusterTag.Failure, _watching.Token).ConfigureAwait(false));
        _failed.TrySetResult(new NetworkException(text));
        await _over.CancelAsync().ConfigureAwait(false);
    }

    private async Task TellFailureAsync(string text)
    {
        using var limit = new CancellationTokenSource(FailureLimit);
        await Task.WhenAll(Others.Select(rank => _links.SendAsync(rank, ClusterTag.Failure, Encoding.UTF8.GetBytes(text), limit.Token))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private sealed record Contribution(int Seat, double Weight);
}
