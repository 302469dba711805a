using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;

namespace FlGlm.Client.Training;

/// <summary>Head and tail on their way to the average, and back.</summary>
/// <param name="parameters">what trains at the client</param>
public sealed class AdapterExchange(IFrameChannel channel, ComputeLane lane, IReadOnlyList<NamedParameter> parameters)
{
    /// <summary>Sends the parameters as they are now.</summary>
    /// <param name="maxFrameBytes">the server's limit</param>
    public Task UploadAsync(long maxFrameBytes, CancellationToken ct) =>
        AdapterFrames.SendAsync(channel, lane, parameters, maxFrameBytes, ct);

    /// <summary>Takes new values for all of them, or, if anything is wrong on the way, for none.</summary>
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

    /// <summary>Takes the parameters of a stage that lives elsewhere.</summary>
    public Task<ParameterSet> ReceiveAsync(IEnumerable<ParameterSpec> forms, CancellationToken ct) =>
        AdapterFrames.ReceiveAsync(channel.ReceiveAsync, forms, ct);
}
