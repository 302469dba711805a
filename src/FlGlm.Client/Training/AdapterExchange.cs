using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;

namespace FlGlm.Client.Training;

/// <summary>Sends head and tail to the server and receives their average.</summary>
/// <param name="parameters">the parameters that the client trains</param>
/// <param name="limit">how long the server may take for one part</param>
internal sealed class AdapterExchange(ServerLink link, ComputeLane lane, IReadOnlyList<NamedParameter> parameters, TimeSpan limit)
{
    /// <summary>Sends the values that the parameters have now.</summary>
    /// <param name="maxFrameBytes">the server's limit</param>
    /// <param name="stopping">ends it between two parts</param>
    public async Task UploadAsync(long maxFrameBytes, CancellationToken stopping, CancellationToken ct)
    {
        using var snapshot = await lane.RunAsync(() => ParameterSet.CopyOf(parameters), ct).ConfigureAwait(false);
        await AdapterFrames.SendAsync(link.Channel, snapshot, maxFrameBytes, limit, "client.reply_timeout_s", stopping, ct).ConfigureAwait(false);
    }

    /// <summary>Receives new values for all parameters; after an error no parameter is changed.</summary>
    /// <exception cref="ProtocolException">A name, shape or dtype is not the parameters' own, or a number is not finite.</exception>
    public async Task DownloadAsync(CancellationToken ct)
    {
        using var values = await ReceiveAsync(parameters.Select(ParameterSpec.Of), ct).ConfigureAwait(false);
        await lane.RunAsync(
            () =>
            {
                values.CopyTo(parameters);
                return values;
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>Receives the parameters of a stage that is not at this client.</summary>
    public Task<ParameterSet> ReceiveAsync(IEnumerable<ParameterSpec> forms, CancellationToken ct) =>
        AdapterFrames.ReceiveAsync(link.ReceiveAsync, forms, ct);
}
