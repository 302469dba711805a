using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;

namespace FlGlm.Client.Training;

/// <summary>Sends head and tail to the server and receives their average.</summary>
/// <param name="parameters">the parameters that the client trains</param>
/// <param name="momentSpecs">the moments that are sent and received with them</param>
/// <param name="moments">opens the moments of its optimizer where they are averaged too; the exchange disposes them</param>
/// <param name="limit">how long the server may take for one part</param>
internal sealed class AdapterExchange(ServerLink link, ComputeLane lane, IReadOnlyList<NamedParameter> parameters, IReadOnlyList<ParameterSpec> momentSpecs, Func<IReadOnlyList<NamedParameter>> moments, TimeSpan limit)
{
    /// <summary>Sends the values that the parameters have now.</summary>
    /// <param name="maxFrameBytes">the server's limit</param>
    /// <param name="stopping">ends it between two parts</param>
    public async Task UploadAsync(long maxFrameBytes, CancellationToken stopping, CancellationToken ct)
    {
        using var snapshot = await lane.RunAsync(() => WithMoments(ParameterSet.CopyOf), ct).ConfigureAwait(false);
        await AdapterFrames.SendAsync(link.Channel, snapshot, maxFrameBytes, limit, "client.reply_timeout_s", stopping, ct).ConfigureAwait(false);
    }

    /// <summary>Receives new values for all parameters; after an error no parameter is changed.</summary>
    /// <param name="isStart">a turn starts from them: the moments that come with them belong to other steps than this client's</param>
    /// <exception cref="ProtocolException">A name, shape or dtype is not the parameters' own, or a number is not finite.</exception>
    public async Task DownloadAsync(bool isStart, CancellationToken ct)
    {
        using var values = await AdapterFrames.ReceiveAsync(link.ReceiveAsync, [.. parameters.Select(ParameterSpec.Of), .. momentSpecs], ct).ConfigureAwait(false);
        await lane.RunAsync(
            () =>
            {
                if (isStart)
                    values.CopyTo(parameters);
                else
                    WithMoments(all => Copy(values, all));
                return values;
            },
            ct).ConfigureAwait(false);
    }

    private static bool Copy(ParameterSet values, IReadOnlyList<NamedParameter> all)
    {
        values.CopyTo(all);
        return true;
    }

    private T WithMoments<T>(Func<IReadOnlyList<NamedParameter>, T> use)
    {
        var opened = moments();
        try
        {
            return use([.. parameters, .. opened]);
        }
        finally
        {
            foreach (var moment in opened)
                moment.Value.Dispose();
        }
    }
}
