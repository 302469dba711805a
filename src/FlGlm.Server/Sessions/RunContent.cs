using System.Security.Cryptography;
using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Server.Sessions;

/// <summary>Compares the tensors of every client with those of the server, and of a run's clients with one another.</summary>
internal sealed class RunContent(ModelContent own, string runId)
{
    private readonly Dictionary<string, byte[]> _own = own.ForRun(runId).ToDictionary(tensor => tensor.Name, tensor => tensor.Hash);
    private readonly Dictionary<string, byte[]> _ofClients = [];
    private readonly Lock _gate = new();

    /// <exception cref="ProtocolException">A tensor differs, or the message is malformed.</exception>
    public ContentComparison Compare(PlanAccepted client)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (client.Tensors.FirstOrDefault(tensor => !names.Add(tensor.Name) || tensor.Hash.Length != SHA256.HashSizeInBytes) is { } wrong)
            throw new ProtocolException(FaultCode.Malformed, $"A client's tensor '{wrong.Name}' came twice, or not with a hash of {SHA256.HashSizeInBytes} bytes.");
        Check(client, _own, "at the server than at the client");
        lock (_gate)
            Check(client, _ofClients, "at this client than at another one");
        var compared = names.Count(_own.ContainsKey);
        return new ContentComparison(compared, _own.Count - compared, names.Count - compared);
    }

    /// <summary>Keeps what a client of the run has, for those that come later.</summary>
    /// <exception cref="ProtocolException">A client that joined meanwhile has something else.</exception>
    public void Keep(PlanAccepted client)
    {
        lock (_gate)
        {
            Check(client, _ofClients, "at this client than at another one");
            foreach (var tensor in client.Tensors.Where(tensor => !_own.ContainsKey(tensor.Name)))
                _ofClients.TryAdd(tensor.Name, tensor.Hash.ToByteArray());
        }
    }

    private static void Check(PlanAccepted client, Dictionary<string, byte[]> known, string where)
    {
        var different = client.Tensors.Where(tensor => known.TryGetValue(tensor.Name, out var hash) && !tensor.Hash.Span.SequenceEqual(hash)).ToList();
        if (different.Count == 0)
            return;
        var (tensor, advice) = ModelContent.Describe(different[0].Name);
        var more = different.Count > 1 ? $" (and {different.Count - 1} more)" : "";
        throw new ProtocolException(FaultCode.PlanMismatch, $"The tensor {tensor}{more} has other values {where}. {advice}.");
    }
}
