using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;

namespace FlGlm.Client.Training;

/// <summary>Sends head and tail to the server and receives their average.</summary>
/// <param name="parameters">the parameters that the client trains</param>
public sealed class AdapterExchange(IFrameChannel channel, ComputeLane lane, IReadOnlyList<NamedParameter> parameters)
{
    /// <summary>Sends the values that the parameters have now.</summary>
    /// <param name="maxFrameBytes">the server's limit</param>
    public async Task UploadAsync(long maxFrameBytes, CancellationToken ct)
    {
        using var snapshot = await lane.RunAsync(() => ParameterSet.CopyOf(parameters), ct);
        await AdapterFrames.SendAsync(channel, snapshot, maxFrameBytes, ct);
    }

    /// <summary>Receives new values for all parameters; after an error no parameter is changed.</summary>
    /// <exception cref="ProtocolException">A name, shape or dtype is not the parameters' own, or a number is not finite.</exception>
    public async Task DownloadAsync(CancellationToken ct)
    {
        using var values = await ReceiveAsync(parameters.Select(ParameterSpec.Of), ct);
        await lane.RunAsync(
            () =>
            {
                values.CopyTo(parameters);
                return values;
            },
            ct);
    }

    /// <summary>Receives the parameters of a stage that is not at this client.</summary>
    public Task<ParameterSet> ReceiveAsync(IEnumerable<ParameterSpec> forms, CancellationToken ct) =>
        AdapterFrames.ReceiveAsync(channel.ReceiveAsync, forms, ct);
}
