using System.Reflection;
using TorchSharp;

namespace FlGlm.EndToEnd.Tests.Packages;

/// <summary>
/// The methods of TorchSharp that make a Scalar inside, themselves or in a method that they call: TorchSharp keeps none alive during the native
/// call that reads it. Those that keep theirs by a <c>using</c> are counted too; they are few.
/// </summary>
internal static class ScalarMakers
{
    private static readonly Lazy<HashSet<MethodBase>> Found = new(Find);

    public static IReadOnlySet<MethodBase> All => Found.Value;

    /// <summary>Whether a call gives its caller a new Scalar.</summary>
    public static bool GivesScalar(MethodBase? called) => called switch
    {
        ConstructorInfo constructor => constructor.DeclaringType == typeof(Scalar),
        MethodInfo method => method.ReturnType == typeof(Scalar),
        _ => false,
    };

    private static HashSet<MethodBase> Find()
    {
        var calls = Instruction.Methods(typeof(Scalar).Assembly)
            .Where(method => !GivesScalar(method))
            .ToDictionary(method => method, method => Instruction.Of(method).Select(instruction => instruction.Method).OfType<MethodBase>().ToList());
        var callers = calls.SelectMany(pair => pair.Value, (pair, called) => (Caller: pair.Key, Called: called)).ToLookup(pair => pair.Called, pair => pair.Caller);
        var found = new HashSet<MethodBase>();
        var added = new Queue<MethodBase>(calls.Where(pair => pair.Value.Exists(GivesScalar)).Select(pair => pair.Key));
        while (added.TryDequeue(out var maker))
        {
            if (!found.Add(maker))
                continue;
            foreach (var caller in callers[maker])
                added.Enqueue(caller);
            if (maker is MethodInfo { IsVirtual: true } method && method.GetBaseDefinition() is var overridden && overridden.Module == maker.Module)
                added.Enqueue(overridden.Module.ResolveMethod(overridden.MetadataToken)!);
        }

        return found;
    }
}
